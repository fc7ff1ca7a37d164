"""Where the fonts of certificates come from."""

from pathlib import Path

import pytest

from services.archive.certificate import missing_characters
from zhixing.assets import gather

NODE_MODULES = Path(__file__).resolve().parents[3] / "node_modules"


def test_gathered_fonts_are_the_fonts_certificates_need(tmp_path):
    gather(NODE_MODULES, tmp_path / "static", tmp_path / "fonts")
    assert missing_characters("结业证书𠮷", tmp_path / "fonts") == []


def test_gathering_again_writes_only_what_is_gone_or_changed(tmp_path):
    static, fonts = tmp_path / "static", tmp_path / "fonts"
    gather(NODE_MODULES, static, fonts)
    assert gather(NODE_MODULES, static, fonts) == []
    page_script = static / "vendor" / "htmx" / "htmx.min.js"
    icon = static / "vendor" / "icons" / "home.svg"
    page_script.unlink()
    icon.write_text("other")
    assert set(gather(NODE_MODULES, static, fonts)) == {page_script, icon}


def test_nothing_is_written_when_a_package_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="npm ci"):
        gather(tmp_path / "node_modules", tmp_path / "static", tmp_path / "fonts")
    assert list(tmp_path.iterdir()) == []
