// Fills the position fields of the form from the phone's own position.
export function locate(button: HTMLElement): void {
  button.addEventListener("click", () => {
    const form = button.closest("form");
    const put = (name: string, value: number): void => {
      const field = form?.querySelector<HTMLInputElement>(`[name="${name}"]`);
      if (field) field.value = value.toFixed(6);
    };
    const say = (text: string | undefined): void => {
      const place = form?.querySelector<HTMLElement>("[data-located]");
      if (place && text) place.textContent = text;
    };
    if (!("geolocation" in navigator)) {
      say(button.dataset["failed"]);
      return;
    }
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        put("lon", coords.longitude);
        put("lat", coords.latitude);
        put("accuracy", coords.accuracy);
        say(button.dataset["done"]);
        button.removeAttribute("aria-busy");
        form?.dispatchEvent(new CustomEvent("located", { bubbles: true }));
      },
      () => {
        say(button.dataset["failed"]);
        button.removeAttribute("aria-busy");
      },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}
