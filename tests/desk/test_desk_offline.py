"""Accounts of a desk that is not running."""

from pathlib import Path

import pytest

from agent_tui.desk.home_lock import HomeTaken
from agent_tui.desk.offline import offline_desk
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Code, Refusal
from tests.desk_process import running_desk


def test_invite_sign_in_list_and_revoke_around_a_running_desk(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with offline_desk(home) as offline:
        boss, ada = offline.invite("Boss", Role.ADMIN), offline.invite("Ada", Role.AGENT)
        assert offline.sessions() == []
    with running_desk(home) as desk:
        admin = desk.post("/v1/login", {"code": boss.code, "device": "desk"})["token"]
        token = desk.post("/v1/login", {"code": ada.code, "device": "laptop"})["token"]
        with pytest.raises(HomeTaken), offline_desk(home):
            pytest.fail("two at once")
        desk.stop()
        with offline_desk(home) as offline:
            assert [(s.name, s.device) for s in offline.sessions()] == [("Ada", "laptop"), ("Boss", "desk")]
            assert offline.revoke("Ada").devices == 1
            with pytest.raises(Refusal) as refusal:
                offline.revoke("Boss")
            assert refusal.value.answer.code is Code.WRONG_STATE
        desk.start()
        assert desk.refusal("GET", "/v1/me", token=token)[1]["code"] == "revoked"
        assert desk.get("/v1/me", admin)["you"]["name"] == "Boss"
