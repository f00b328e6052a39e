// The page's side of UniPixel: palettes to click, a button that sends pictures to Extras, and small pictures shown crisp.
// gradioApp, onUiLoaded, onAfterUiUpdate and updateInput are the web UI's own.

const UNIPIXEL_SMALL = 256; // px: larger pictures are shown as the web UI shows them

function unipixelChoose(button) {
    const box = gradioApp().querySelector(`#${button.dataset.box} input, #${button.dataset.box} textarea`);
    box.value = button.dataset.palette;
    updateInput(box);
}

function unipixelSend(toExtras) {
    toExtras.click();
    const enable = gradioApp().querySelector("#unipixel_extras-checkbox input");
    if (enable && !enable.checked) enable.click();
}

function unipixelAddSendButton(tab) {
    const toExtras = gradioApp().querySelector(`#${tab}_send_to_extras`);
    if (!toExtras || !gradioApp().querySelector("#unipixel_extras-checkbox")) return;
    const button = toExtras.cloneNode(false);
    button.id = `${tab}_send_to_unipixel`;
    button.title = "Send the picture to Extras, and turn UniPixel on there.";
    button.textContent = "px";
    button.addEventListener("click", () => unipixelSend(toExtras));
    toExtras.after(button);
}

function unipixelCrisp() {
    for (const picture of gradioApp().querySelectorAll("[id$=_gallery] img, #lightboxModal img, #modalImage")) {
        const isSmall = picture.naturalWidth > 0 && Math.max(picture.naturalWidth, picture.naturalHeight) <= UNIPIXEL_SMALL;
        picture.classList.toggle("unipixel-crisp", isSmall);
        picture.onload ||= unipixelCrisp; // a picture that comes later has no size yet
    }
}

onUiLoaded(() => ["txt2img", "img2img"].forEach(unipixelAddSendButton));
onAfterUiUpdate(unipixelCrisp);
