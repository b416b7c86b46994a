#!/usr/bin/env python3
"""Opens the report of each fixture in a browser, in three widths, light and dark, and holds it to what it promises:
nothing in the console, no request, nothing wider than the window, drawings with words, and nothing that axe calls
serious. Prints each as PDF. Screenshots and PDFs are left in the folder that is named last, to be looked at.

    tests/browser/pages.py target/release/plimsoll target/pages
"""

import pathlib
import shutil
import subprocess
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parents[2]
WIDTHS = (390, 820, 1280)
# Where Debian puts it; where there is none, the one that Playwright brings.
DEBIAN = pathlib.Path("/usr/bin/chromium")


def audit(plimsoll, out):
    """The report of each fixture."""
    for expected in sorted((ROOT / "fixtures").glob("*.expected")):
        folder = expected.with_suffix("")
        if folder.name == "deployments":
            continue
        page = out / f"{folder.name}.html"
        subprocess.run([plimsoll, "audit", folder, "-o", page], check=True)
        yield page
    yield mended(plimsoll, out)
    yield stored(plimsoll, out)


def mended(plimsoll, out):
    """A report with all that only flags bring: a fixture behind its fixes, beside what it was, and what goals ask of it."""
    before, after, page = out / "wingman.json", out / "wingman-mended", out / "wingman-mended.html"
    shutil.rmtree(after, ignore_errors=True)
    shutil.copytree(ROOT / "fixtures/wingman", after)
    subprocess.run([plimsoll, "audit", after, "-o", before], check=True)
    # Not all that is wrong can be mended, which its exit code says.
    subprocess.run([plimsoll, "check", after, "--fix", "--unsafe-fixes"], stdout=subprocess.DEVNULL)
    flags = ["--compare", before, "--target-users", "500,5000", "--think-time", "15s", "--set", "web.workers=8"]
    subprocess.run([plimsoll, "audit", after, "-o", page, *flags], check=True)
    return page



def stored(plimsoll, out):
    """A report that says what is stored, and what that costs."""
    page = out / "stored.html"
    flags = ["--target-users", "1000,100000", "--think-time", "15s"]
    # Its `plimsoll.toml`, which has the rows and the prices, is that of the folder audited.
    subprocess.run([plimsoll, "audit", ROOT / "tests/cli/storage.in", "-o", page, *flags], check=True)
    return page


def look(browser, page, width, scheme, faults):
    """Opens a page and notes what is wrong with it."""
    name = f"{page.stem}, {width} wide, {scheme}"
    tab = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme, reduced_motion="reduce")
    tab.on("console", lambda it: faults.append(f"{name}: the console says {it.text}"))
    tab.on("pageerror", lambda it: faults.append(f"{name}: {it}"))
    tab.on("request", lambda it: it.url == page.as_uri() or faults.append(f"{name}: asks for {it.url}"))
    tab.goto(page.as_uri())
    wide = tab.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        faults.append(f"{name}: is {wide} wide")
    for drawing in tab.query_selector_all("svg"):
        if not (drawing.query_selector("title").text_content() and drawing.query_selector("desc").text_content()):
            faults.append(f"{name}: a drawing says nothing to those who do not see it")
    for violation in Axe().run(tab).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            places = ", ".join(node["target"][0] for node in violation["nodes"][:3])
            faults.append(f"{name}: {violation['id']}: {violation['help']}: {places}")
    tab.screenshot(path=page.with_name(f"{page.stem}-{width}-{scheme}.png"), full_page=True)
    if (width, scheme) == (1280, "light"):
        tab.pdf(path=page.with_suffix(".pdf"), format="A4", print_background=True)
    tab.close()


def main():
    plimsoll, out = map(pathlib.Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    faults, pages = [], list(audit(plimsoll, out.resolve()))
    with sync_playwright() as playwright:
        options = {"executable_path": str(DEBIAN)} if DEBIAN.exists() else {}
        browser = playwright.chromium.launch(args=["--no-sandbox"], **options)
        for page in pages:
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    look(browser, page, width, scheme, faults)
        browser.close()
    print(f"{len(pages)} pages, {len(faults)} faults")
    for fault in faults:
        print(f"  {fault}")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
