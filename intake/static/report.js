// The form works without this script; with it, the browser's position can be used.
const button = document.getElementById("position");
if ("geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      document.querySelector("[name=lat]").value = coords.latitude;
      document.querySelector("[name=lon]").value = coords.longitude;
      const where = document.getElementById("where");
      if (!where.value) where.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
    });
  });
}
