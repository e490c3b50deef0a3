"""`agent-tui library` on a team's library: through the desk that runs, or the own one at rest."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from agent_tui.config.paths import find_paths
from agent_tui.storage.library.writing import as_toml
from tests.cli.command import Ended, agent_tui
from tests.library_files import QUOTE, said_by_umbra, source


def library(*arguments: str, given: str = "", **env: str) -> Ended:
    return agent_tui("library", *arguments, given=given, **env)


@pytest.fixture
def file() -> Path:
    """The team's file on this machine's own desk, which is not running."""
    folder = find_paths().desk / "library"
    folder.mkdir(parents=True)
    (folder / "proof.toml").write_text(f"# ours\n{as_toml(said_by_umbra())}\n{as_toml(source())}", encoding="utf-8")
    return folder / "proof.toml"


def test_consent_is_withdrawn_and_given_back(file: Path) -> None:
    assert "team" in library("show", "umbra-days").out
    done = json.loads(library("withdraw", "umbra-days", "--json").out)
    assert (done["snippet"], done["since"], done["conversations"], done["written"]) == (
        "umbra-days",
        str(date.today()),
        0,
        True,
    )
    assert f"withdrawn_on = {date.today()}" in file.read_text(encoding="utf-8")
    assert file.read_text(encoding="utf-8").startswith("# ours\n")
    assert "withdrew consent" in library("show", "umbra-days").out
    again = library("withdraw", "umbra-days", "--undo")
    assert (again.code, "may be sent again" in again.out) == (0, True)
    assert "withdrawn_on" not in file.read_text(encoding="utf-8")


def test_only_a_testimonial_that_is_known_has_a_consent(file: Path) -> None:
    wrong = library("withdraw", "tno-first-reply")
    assert (wrong.code, "only a testimonial has a consent" in wrong.err) == (2, True)
    near = library("withdraw", "umbra-dasy")
    assert (near.code, "Did you mean `umbra-days`?" in near.err) == (1, True)


def test_an_edit_goes_through_the_desk_and_rewrites_its_file(file: Path) -> None:
    record = library("export", "umbra-days").out.replace("two days", "2 days")
    ended = library("edit", "umbra-days", "--from", "-", given=record)
    assert ended.out == "`umbra-days` is now revision 4, in the desk's library/proof.toml.\n"
    assert 'title = "Umbra: 2 days a month back"' in file.read_text(encoding="utf-8")
    refused = library("edit", "umbra-days", "--from", "-", given=record.replace("check_every", "check_evry"))
    assert (refused.code, "Did you mean `check_every`?" in refused.err) == (1, True)
    told = json.loads(library("verify", "umbra-days", "--json").out)
    assert told == {"id": "umbra-days", "revision": 4, "file": "library/proof.toml"}
    assert library("verify", "umbra-days", "--by", "Bob").code == 2
    shown = json.loads(library("show", "umbra-days", "--json").out)
    assert (shown["layer"], shown["snippet"]["revision"], shown["snippet"]["checked_on"]) == (
        "team",
        4,
        str(date.today()),
    )


def test_what_is_added_into_the_team_is_in_the_desks_file(file: Path) -> None:
    ended = library("add", "--into", "team", "--from", "-", given='[[canned]]\nid = "hi"\ntext.en = "Hi there"\n')
    assert (ended.code, ended.out) == (0, "`hi` is in the desk's library/canned.toml.\n")
    assert 'id = "hi"' in (file.parent / "canned.toml").read_text(encoding="utf-8")
    csv = file.parent.parent / "more.csv"
    csv.write_text("id,text\nbye,Bye\n", encoding="utf-8")
    assert library("import", str(csv), "--into", "team").out == f"add   {'canned':<12}{'bye':<34}Bye\n"
    assert "bye" not in library("list").out, "it only shows what it would do"
    done = library("import", str(csv), "--into", "team", "--yes", "--json").out.splitlines()
    assert [json.loads(line)["id"] for line in done] == ["bye", "bye"]
    assert "bye" in library("list").out
    shutil.rmtree(file.parent)
    assert "bye" not in library("list").out


def test_counts_and_recall_of_what_nobody_used(file: Path) -> None:
    assert (library("stats").code, library("stats").err) == (0, "Nothing was used yet.\n")
    assert library("stats", "--json").out == ""
    assert library("recall", "umbra-days").err == "0 conversations got `umbra-days`.\n"
    misspelt = library("recall", "umbra-day")
    assert (misspelt.code, "Did you mean `umbra-days`?" in misspelt.err) == (1, True)
    odd = library("recall", "Umbra \x1b[2J days")
    assert (odd.code, "\x1b" in odd.err) == (1, False)


def test_a_desk_that_is_not_there_is_said_and_its_copy_serves(file: Path) -> None:
    """A joined desk that does not answer: what was read last is shown, with its age."""
    from agent_tui.config.profiles import Keeper, Profile, load_profiles, save_profiles
    from agent_tui.model.snippet import Place, Placed
    from agent_tui.ports.library import TeamPage
    from agent_tui.storage.library.team_copy import TeamCopy

    paths = find_paths()
    profile = Profile(name="acme", url="http://127.0.0.1:9", keeper=Keeper.PLAIN_FILE, desk="Acme")
    save_profiles(paths, load_profiles(paths).with_profile(profile))
    paths.account("acme").mkdir(parents=True)
    placed = Placed(said_by_umbra(), Place("library/proof.toml", 2))
    with TeamCopy(paths.account("acme")).writing("") as writing:
        assert writing is not None
        writing.add(TeamPage("v1", whole=True, placed=(placed,)), 1_795_348_800_000)
    ended = library("show", "umbra-days")
    assert QUOTE in ended.out
    assert "library/proof.toml, line 2" in ended.out
    assert "Acme did not answer: the team's library is as of " in ended.err


def test_what_the_admin_decided_is_what_is_shown(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace("2026-11-01", "2020-01-01"), encoding="utf-8")
    assert "was to be checked again" in library("show", "tno-first-reply").out
    (file.parent.parent / "gate.toml").write_text('unchecked = "allow"\n', encoding="utf-8")
    assert "was to be checked again" not in library("show", "tno-first-reply").out
