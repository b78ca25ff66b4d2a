"""One agent's way through the product in a real browser: the banner cannot be missed, moved or got rid of, and the exit always works."""

from typing import Any

from tests.product.world import MARK, Product

COVERED = """() => {
  const button = [...document.querySelectorAll("support-session button")].at(-1).getBoundingClientRect();
  const top = document.elementFromPoint(button.x + button.width / 2, button.y + button.height / 2);
  return Boolean(top && top.closest("support-session"));
}"""
PLACE = """() => {
  const box = document.getElementById("support-session").getBoundingClientRect();
  const heading = document.querySelector("h1").getBoundingClientRect();
  return { top: box.top, height: box.height, width: box.width, below: heading.top >= box.bottom || window.scrollY > 0 };
}"""
HIDE = """() => {
  const style = new CSSStyleSheet();
  style.replaceSync("#support-session, #support-session * { display: none !important; opacity: 0 !important }");
  document.adoptedStyleSheets = [style];
  document.getElementById("support-session").remove();
}"""


def in_session(browser: Any, product: Product, **options: Any) -> Any:
    """A page of a browser that holds a session's key."""
    may = [
        "Start a failed sync again",
        "Send an invitation again",
        "Put one setting back to its earlier value",
    ]
    context = browser.new_context(base_url=f"http://localhost:{product.port}", **options)
    hold(context, product, mode="act", scopes=["session.act"], may=may)
    return context.new_page()


def hold(context: Any, product: Product, **values: Any) -> str:
    """Give a browser the key of a new session and return the session's id."""
    client, sid = product.open(**values)
    url = f"http://localhost:{product.port}"
    context.add_cookies([{"name": product.cookie, "value": client.cookies[product.cookie], "url": url}])
    return sid


def test_the_banner_stays_and_the_exit_works(browser: Any, product: Product) -> None:
    page = in_session(browser, product, viewport={"width": 390, "height": 700})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto("/invoices/")
    page.wait_for_function("document.title.startsWith('Support session: ')")
    assert page.evaluate(PLACE)["below"]
    page.mouse.wheel(0, 5000)
    assert page.evaluate(PLACE)["top"] == 0
    assert page.evaluate(PLACE)["width"] == 390
    page.goto("/invoices/1/")
    page.click("[data-opens]")
    page.wait_for_selector("dialog[open] .support-session-twin")
    assert page.evaluate(COVERED)
    page.click("dialog form[method=dialog] button")
    page.evaluate(HIDE)
    page.wait_for_selector("#support-session button")
    assert page.evaluate(COVERED)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function("document.getElementById('support-session').getBoundingClientRect().height < 90")
    page.click("#support-session button")
    page.wait_for_url("**/support-session/ended/**")
    assert MARK not in page.content()
    page.go_back()
    page.wait_for_url("**/sign-in/**")
    assert not [text for text in said if "Content Security Policy" in text]
    page.context.close()


def test_the_exit_works_without_scripts_from_a_page_that_failed_and_when_the_session_is_gone(
    browser: Any, product: Product
) -> None:
    page = in_session(browser, product, java_script_enabled=False, viewport={"width": 390, "height": 700})
    page.goto("/broken/")
    banner, heading = page.locator("#support-session").bounding_box(), page.locator("h1").bounding_box()
    assert banner["height"] > 30
    assert heading["y"] >= banner["y"] + banner["height"]
    page.emulate_media(media="print")
    assert page.locator("#support-session").is_visible()  # on paper too, and without a button
    assert not page.locator("#support-session button").is_visible()
    page.emulate_media(media="screen")
    page.click("#support-session button")
    page.wait_for_url("**/support-session/ended/**")
    assert "You ended it" in page.inner_text("main")
    sid = hold(page.context, product)
    page.goto("/broken/")
    gone = "update support_session_productsession set ended_at = now(), cause = 'grant ended' where sid = %s"
    product.ask(gone, [sid])
    page.click("#support-session button")  # the session is gone already: the way out leads to the same place
    page.wait_for_url("**/support-session/ended/**")
    assert "It ended: grant ended" in page.inner_text("main")
    page.context.close()
