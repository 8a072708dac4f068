"""What every page must be, whatever it shows: readable by all, reachable by keyboard and thumb, closed to others.

Each function returns complaints in words; a page without any is good.
"""

from typing import Any

from playwright.async_api import Page, Response

from tests.web.chromium import Chromium

TARGET_PIXELS = 48
TABBED_MAX = 50
# Who cannot see must hear it, who cannot hold still must hit it: nothing of these two weights is accepted.
GRAVE = ("serious", "critical")
_AXE = """
async () => {
  // Each rule says how grave it is whatever it finds; a third of them is less, and need not be asked.
  const usual = rule => rule.enabled && !rule.tags.some(tag => axe._audit.tagExclude.includes(tag))
  const grave = axe._audit.rules.filter(rule => usual(rule) && (!rule.impact || GRAVE.includes(rule.impact)))
  const runOnly = {type: 'rule', values: grave.map(rule => rule.id)}
  return (await axe.run(document, {resultTypes: ['violations'], runOnly})).violations
    .filter(each => GRAVE.includes(each.impact))
    .map(each => `${each.id} (${each.impact}): ${each.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')}: `
      + (each.nodes[0].any[0]?.message ?? each.help))
}
""".replace("GRAVE", str(list(GRAVE)))
_ACTIONS = """
() => {
  const seen = element => {
    const box = element.getBoundingClientRect()
    return box.width > 0 && box.height > 0 && element.checkVisibility({visibilityProperty: true})
  }
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex="0"]'
  const what = element => `<${element.tagName.toLowerCase()}> ` +
    (element.getAttribute('aria-label') || element.innerText || element.name || element.id || '').trim().slice(0, 40)
  return [...document.querySelectorAll(kinds)].filter(e => !e.disabled && !e.closest('[inert]')).filter(seen)
    .map((element, number) => {
      element.__number = number
      const label = element.labels?.[0]
      let box = element.getBoundingClientRect()
      // A tick box is as large as the label that ticks it.
      if (['checkbox', 'radio'].includes(element.type) && label) {
        const around = label.getBoundingClientRect()
        box = around.width * around.height > box.width * box.height ? around : box
      }
      // A link within a sentence is as high as its line, which the guidelines allow.
      const inline = element.tagName === 'A' && getComputedStyle(element).display === 'inline' &&
        element.parentElement.innerText.trim().length > element.innerText.trim().length + 8
      return {number, what: what(element), width: box.width, height: box.height, inline,
        skip: element.tabIndex < 0, group: element.type === 'radio' ? element.name : null}
    })
}
"""
# Noted by the page itself, so that nobody has to ask it after each press of a key.
_NOTE_FOCUS = """
() => {
  const drawn = s => s && ((s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none')
  document.activeElement?.blur()
  removeEventListener('focusin', globalThis.__note)
  globalThis.__note = event => {
    const element = event.target
    if (element.__number === undefined || globalThis.__reached.has(element.__number)) return
    const around = element.closest('label') && getComputedStyle(element.closest('label'))
    const beside = element.nextElementSibling && getComputedStyle(element.nextElementSibling)
    const marked = drawn(getComputedStyle(element)) || drawn(around) || drawn(beside)
    globalThis.__reached.set(element.__number, Boolean(marked))
  }
  globalThis.__reached = new Map()
  addEventListener('focusin', globalThis.__note)
}
"""
_REACHED = "() => [...globalThis.__reached]"
_LOST = """
() => {
  const wide = document.documentElement.clientWidth
  const lost = []
  const named = e => `<${e.tagName.toLowerCase()}> .${e.className} ${(e.innerText ?? '').trim().slice(0, 40)}`
  const scrolls = e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)
  const shown = [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('svg'))
  if (document.documentElement.scrollWidth > wide + 1) {
    // What is laid out absolutely is not held by an element that scrolls, unless that one is positioned as well.
    const held = e => e.offsetParent !== null && (scrolls(e.offsetParent) || held(e.offsetParent))
    const out = shown.filter(e => e.getBoundingClientRect().right > wide + 1 && !held(e))
      .filter(e => getComputedStyle(e).position === 'absolute' || !e.closest('.gulir, table'))
    lost.push(`the page is ${document.documentElement.scrollWidth} wide on ${wide}: ${out.map(named).slice(-1)[0]}`)
  }
  for (const element of shown) {
    const style = getComputedStyle(element)
    if (['hidden', 'clip'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1
        && element.clientWidth > 1 && style.textOverflow !== 'ellipsis' && !('value' in element))
      lost.push(`cut off: ${named(element)}`)
  }
  return lost.slice(0, 5)
}
"""
_STILL = "() => Promise.all(document.getAnimations().map(each => each.finished.catch(() => null)))"


async def accessible(page: Page, chromium: Chromium) -> list[str]:
    """What axe-core finds that is serious or critical."""
    if not await page.evaluate("typeof axe === 'object'"):
        # Evaluated by the debugger, not by the page: its policy against foreign scripts stays as it is.
        await page.evaluate(chromium.axe.read_text(encoding="utf-8"))
    # A colour on its way from one to another is neither.
    await page.evaluate(_STILL)
    found: list[str] = await page.evaluate(_AXE)
    return found


async def large_enough(page: Page, pixels: int = TARGET_PIXELS) -> list[str]:
    """Actions that a thumb would miss."""
    return [
        f"{each['what']}: {each['width']:.0f}x{each['height']:.0f} px"
        for each in await page.evaluate(_ACTIONS)
        if not each["inline"] and min(each["width"], each["height"]) < pixels - 0.5
    ]


async def reachable(page: Page) -> list[str]:
    """Actions that Tab never comes to, or comes to without a mark that one can see."""
    actions: list[dict[str, Any]] = [each for each in await page.evaluate(_ACTIONS) if not each["skip"]]
    # Of a long table the first rows stand for all.
    del actions[TABBED_MAX:]
    await page.evaluate(_NOTE_FOCUS)
    # One round is enough where everything is reached; what the first one did not come to, the second one must.
    for _ in range(2):
        for _ in range(len(actions) + 2):
            await page.keyboard.press("Tab")
        reached: dict[int, bool] = dict(await page.evaluate(_REACHED))
        # Of radio buttons that belong together Tab comes to one.
        groups = {each["group"] for each in actions if each["group"] and each["number"] in reached}
        missed = [
            f"Tab does not reach {each['what']}"
            for each in actions
            if each["number"] not in reached and each["group"] not in groups
        ]
        if not missed:
            break
    unmarked = [
        f"focus is not seen on {each['what']}" for each in actions if reached.get(each["number"]) is False
    ]
    return missed + unmarked


async def enlargeable(page: Page) -> list[str]:
    """What is lost sideways when the text is twice as large."""
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    lost: list[str] = await page.evaluate(_LOST)
    await page.evaluate("document.documentElement.style.fontSize = ''")
    return lost


async def fitting(page: Page) -> list[str]:
    """What does not fit on the screen sideways."""
    found: list[str] = await page.evaluate(_LOST)
    return found


def closed(answer: Response) -> list[str]:
    """What the page's headers leave open to others."""
    headers = answer.headers
    policy = headers.get("content-security-policy", "")
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";") if rule.strip())
    complaints = []
    if rules.get("default-src") != "'none'":
        complaints.append(f"the policy does not begin with nothing: {policy!r}")
    for rule, allowed in rules.items():
        loose = [each for each in allowed.split() if each not in {"'self'", "'none'", "data:", "blob:"}]
        # The first page carries its style in itself: that one text and no other.
        if rule == "style-src" and len(loose) == 1 and loose[0].startswith("'sha256-"):
            loose = []
        if loose:
            complaints.append(f"{rule} allows {loose}")
        if "data:" in allowed and rule != "img-src":
            complaints.append(f"{rule} allows data:")
    complaints += [
        f"{rule} is not set" for rule in ("base-uri", "form-action", "frame-ancestors") if rule not in rules
    ]
    if headers.get("x-content-type-options") != "nosniff":
        complaints.append("types may be guessed: no nosniff")
    if headers.get("referrer-policy", "") not in {"no-referrer", "same-origin"}:
        complaints.append(f"addresses are told to others: referrer-policy {headers.get('referrer-policy')!r}")
    return complaints


async def without_inline_code(page: Page) -> list[str]:
    """Scripts and handlers that stand in the page itself, and styles but the one that the policy names."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('script:not([src]), style ~ style, body style, [style]')]
          .filter(e => e.getAttribute('style') !== '')
          .filter(e => !(e.tagName === 'SCRIPT' && e.type && !/javascript|module/.test(e.type)))
          .filter(e => e !== document.documentElement)
          .map(e => e.outerHTML.slice(0, 80))
          .concat([...document.querySelectorAll('*')].flatMap(e => [...e.attributes]
            .filter(a => /^on/.test(a.name)).map(a => `${a.name} on <${e.tagName.toLowerCase()}>`)))"""
    )
    return found
