"""A headless Chromium that looks at pages as people do, and holds every page to what all of them must keep to."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
ACCESSIBILITY = (HERE / "accessibility.js").read_text()
DESKTOP, PHONE = (1280, 860), (390, 844)


class Browser:
    """One Chromium. `SCREENSHOTS` names a folder for a picture of everything that `look` looks at."""

    def __init__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        assert program, "no Chromium; try: apt-get install chromium"
        self.playwright = sync_playwright().start()
        # Root may not use the sandbox, and machines of tests often have little shared memory.
        self.browser = self.playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"])
        self.contexts = []

    def open(self, url, *, size=DESKTOP, **options):
        """A page in a profile of its own. Its `complaints` are what the console or an uncaught error said."""
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce", **options)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text)
                if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda failure: page.complaints.append(str(failure)))
        page.on("dialog", lambda dialog: (page.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(url)
        return page

    def look(self, page, name):
        """Holds what is shown to the rules of all pages, in light and in dark."""
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if folder := os.environ.get("SCREENSHOTS"):
                page.screenshot(path=f"{folder}/{name}-{scheme}.png", full_page=True, timeout=60_000)
            found = page.evaluate(f"({ACCESSIBILITY})()")
            assert not found, f"{scheme}: {found}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
        assert not page.complaints, page.complaints

    def close_pages(self):
        while self.contexts:
            self.contexts.pop().close()

    def stop(self):
        self.close_pages()
        self.browser.close()
        self.playwright.stop()


def tabbing(page, count):
    """Presses Tab so often; gives of each element that got the focus its text and whether the focus can be seen."""
    seen = []
    for _ in range(count):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("""() => {
          const element = document.activeElement, style = getComputedStyle(element);
          const text = (element.ariaLabel ?? element.textContent).trim();
          return [text, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
        }"""))
    return seen
