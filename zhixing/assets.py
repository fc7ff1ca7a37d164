"""Copies what pages and certificates need out of `node_modules`.

`npm ci` fetches whole packages, a few hundred megabytes; the pages need four
files and some icons of them, certificates four fonts.
"""

import filecmp
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

# Served under static/vendor/: target, source in node_modules.
PAGES = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}

# Outline icons, as SVG files that templates include inline, so that they take
# the colour of the text around them. A page that needs another adds its name.
ICONS = (
    "alert-triangle",
    "archive",
    "award",
    "bell",
    "book",
    "building",
    "calendar-event",
    "certificate",
    "chart-bar",
    "check",
    "chevron-right",
    "circle-check",
    "clipboard-check",
    "clock",
    "download",
    "file-text",
    "home",
    "lock",
    "logout",
    "map-pin",
    "menu-2",
    "message",
    "pencil",
    "plus",
    "qrcode",
    "search",
    "school",
    "settings",
    "upload",
    "user",
    "users",
    "video",
    "x",
)

# The font of certificates, and the one that has some characters it lacks.
# The licence travels with the fonts, as the licence asks.
FONTS = {
    "NotoSerifSC_400Regular.ttf": "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "NotoSerifSC_700Bold.ttf": "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
    "NotoSerifJP_400Regular.ttf": "noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf",
    "NotoSerifJP_700Bold.ttf": "noto-serif-jp/700Bold/NotoSerifJP_700Bold.ttf",
    "OFL.txt": "noto-serif-sc/LICENSE_FONT",
}


def gather(node_modules: Path, static: Path, fonts: Path) -> list[Path]:
    """Copy the page assets below `static/vendor` and the fonts into `fonts`.

    Files already there and equal are left alone. Returns the files written.
    Raises FileNotFoundError before writing anything if a source is missing.
    """
    copies = list(_copies(node_modules, static / "vendor", fonts))
    missing = [source for source, _ in copies if not source.is_file()]
    if missing:
        raise FileNotFoundError(
            f"缺少 {missing[0]}：请先运行 npm ci。 {missing[0]} is missing: run npm ci first."
        )
    return [target for source, target in copies if _copy(source, target)]


def _copies(node_modules: Path, vendor: Path, fonts: Path) -> Iterator[tuple[Path, Path]]:
    for target, source in PAGES.items():
        yield node_modules / source, vendor / target
    for icon in ICONS:
        source = f"@tabler/icons/icons/outline/{icon}.svg"
        yield node_modules / source, vendor / "icons" / f"{icon}.svg"
    for target, source in FONTS.items():
        yield node_modules / "@expo-google-fonts" / source, fonts / target


def _copy(source: Path, target: Path) -> bool:
    """Whether `target` had to be written; it is never seen half written."""
    if target.is_file() and filecmp.cmp(source, target, shallow=False):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copyfile(source, unfinished)
    unfinished.replace(target)
    return True


def main() -> None:
    """Gather into the places where the platform looks for them by default."""
    root = Path(__file__).resolve().parents[1]
    written = gather(
        root / "node_modules", root / "gateway" / "pages" / "static", root / "var" / "fonts"
    )
    print(f"已复制 {len(written)} 个文件。 {len(written)} files copied.")


if __name__ == "__main__":
    main()
