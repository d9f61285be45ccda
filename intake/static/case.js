// The case page: a click on its map puts the point into the form that changes the place.
const details = document.getElementById("place-form");
const form = details?.querySelector("form");
if (form) {
  const said = document.getElementById("picked");
  document.getElementById("map").addEventListener("pick", (event) => {
    const { lat, lon } = event.detail;
    form.elements.latitude.value = lat;
    form.elements.longitude.value = lon;
    details.open = true;
    said.textContent = `The point ${lat.toFixed(5)}, ${lon.toFixed(5)} is chosen; words beside it are its name.`;
  });
  form.elements.place.addEventListener("input", () => {
    if (!form.elements.latitude.value) return;
    said.textContent = "The point on the map stays chosen; the words are its name.";
  });
}
