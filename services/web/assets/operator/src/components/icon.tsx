/** One picture of the sprite. It never stands alone for a meaning: the word is beside it or in the label of its button. */
const sprite = document.getElementById("app")?.dataset["ikon"] ?? "";

export function Icon({ name, big }: { name: string; big?: boolean }) {
  return (
    <svg class={big === true ? "ikon besar" : "ikon"} aria-hidden="true" focusable="false">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
