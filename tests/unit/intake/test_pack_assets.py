"""The demonstration inventory: there at once, and out of the way of a city's own list."""

from datetime import UTC, datetime

from intake.assets.asset_store import Asset, AssetStore
from intake.assets.pack_assets import load_pack_assets
from intake.wiring import Service

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_the_pack_has_an_inventory_of_every_class_that_services_need(service: Service) -> None:
    store = AssetStore(service.engine)
    added = load_pack_assets(service.intake.city.folder, store, NOW)
    assert added >= 500
    needed = {one.asset_class for one in service.intake.city.catalog.services.values() if one.asset_class}
    assert needed == set(store.counts())


def test_loading_it_again_changes_nothing_and_a_citys_own_list_is_left_alone(service: Service) -> None:
    store = AssetStore(service.engine)
    store.replace("street_light", [Asset("own-1", "our own lamp", 42.3, -71.06)], NOW)
    load_pack_assets(service.intake.city.folder, store, NOW)
    assert load_pack_assets(service.intake.city.folder, store, NOW) == 0
    assert store.counts()["street_light"].active == 1


def test_a_place_means_an_asset_only_where_one_is_clearly_the_nearest(service: Service) -> None:
    store = AssetStore(service.engine)
    lamps = [Asset("a", "lamp a", 42.30000, -71.06), Asset("b", "lamp b", 42.30030, -71.06)]
    store.replace("street_light", lamps, NOW)
    assert store.the_one_at("street_light", 42.30002, -71.06) == "a"
    assert store.the_one_at("street_light", 42.30015, -71.06) is None
    assert store.the_one_at("street_light", 42.31, -71.06) is None
    assert store.the_one_at("hydrant", 42.3, -71.06) is None
