"""What each action of the table does: looking and acting together, for an account that may act."""

from typing import Final

from agent_tui.ui.acting import ACTING
from agent_tui.ui.looking import LOOKING, Doing
from agent_tui.ui.phone.actions import PHONING
from agent_tui.ui.proof_actions import PROOF

DOING: Final[dict[str, Doing]] = LOOKING | ACTING | PHONING | PROOF
