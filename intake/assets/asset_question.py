"""Which of several lamps? Before a draft is read back, the resident is asked where the place alone does not tell."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from intake.assets.asset_store import NearbyAsset
from intake.delivering.destinations import EXACT
from routing.catalog import Catalog
from routing.decision import AskToConfirm, AskWhichPlace, Decision
from routing.drafts import Place, Precision
from routing.reasons import Reason, ReasonCode

FindAssets = Callable[[str, float, float], tuple[NearbyAsset, ...]]


@dataclass(frozen=True)
class AssetQuestion:
    """Asks at most once a draft; `find_likely` gives the assets that a point may mean, the nearest first."""

    find_likely: FindAssets
    catalog: Catalog
    choices: int

    def ask(self, decision: Decision) -> Decision:
        """Ask which asset is meant instead of reading back; the decision itself where one is clear or none is near."""
        if not isinstance(decision, AskToConfirm) or len(decision.drafts) != 1:
            return decision
        draft = decision.drafts[0]
        asset_class = self.catalog.services[draft.service].asset_class
        place = draft.place
        if asset_class is None or draft.is_asset_asked or place is None or place.precision not in EXACT:
            return decision
        if place.latitude is None or place.longitude is None:
            return decision
        likely = self.find_likely(asset_class, place.latitude, place.longitude)
        if len(likely) < 2:
            return decision
        options = tuple(
            Place(asset.label, Precision.POINT, asset.latitude, asset.longitude, place.neighborhood)
            for asset in likely[: self.choices]
        )
        drafts = (replace(draft, place=None, is_asset_asked=True),)
        return AskWhichPlace(drafts, options, (*decision.reasons, Reason(ReasonCode.ASSET_UNCLEAR, asset_class)))
