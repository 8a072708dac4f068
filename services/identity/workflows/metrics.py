"""What identity publishes about signing in. No label ever tells a code, a person or a place."""

from prometheus_client import Counter, Histogram

# right, wrong, unknown (the code, card or phone number of nobody), locked, busy (no room to wait in), barred (too many
# wrong ones from one place).
SIGN_INS = Counter("timbang_sign_ins", "Sign-ins with a PIN, by how they ended", ["outcome"])
# Published from the start: the first flood of a process is an increase, too.
for _outcome in ("right", "wrong", "unknown", "locked", "busy", "barred"):
    SIGN_INS.labels(_outcome)
PIN_CHECK_SECONDS = Histogram(
    "timbang_pin_check_seconds",
    "Time that one check of a PIN took",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
SIGN_IN_WAIT_SECONDS = Histogram(
    "timbang_sign_in_wait_seconds",
    "Time until it was somebody's turn",
    ["kind"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
