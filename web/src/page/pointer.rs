//! Where a pointer is, and strokes that it draws.

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// Where in the element that listens a pointer is, as shares of its width from the left and of its height from the top: beyond 0 and 1
/// where a stroke has left it.
pub fn share(event: &PointerEvent) -> Option<[f64; 2]> {
    let square = event.current_target()?.dyn_into::<Element>().ok()?.get_bounding_client_rect();
    let share = |at: i32, start: f64, length: f64| (f64::from(at) - start) / length.max(1.0);
    Some([share(event.client_x(), square.left(), square.width()), share(event.client_y(), square.top(), square.height())])
}

/// Whether a pointer that went down begins a stroke. If so the element that listens hears of it until it is lifted.
pub fn begins_stroke(event: &PointerEvent) -> bool {
    let begins = event.is_primary() && event.button() == 0;
    if begins && let Some(sheet) = event.current_target().and_then(|t| t.dyn_into::<Element>().ok()) {
        // Without it, strokes end at the edge.
        let _ = sheet.set_pointer_capture(event.pointer_id());
    }
    begins
}
