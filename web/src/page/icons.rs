//! Icons, drawn with strokes on a square of 24.

use leptos::prelude::*;

#[derive(Clone, Copy)]
pub enum Icon {
    Play,
    Pause,
    Again,
    Link,
    Save,
    Open,
    Picture,
    Table,
    Theme,
    Close,
    Warning,
    Good,
}

/// An icon that says nothing to screen readers; its button does.
pub fn icon(icon: Icon) -> impl IntoView {
    let path = match icon {
        Icon::Play => "M7 4.5v15l12.5-7.5z",
        Icon::Pause => "M8 5v14M16 5v14",
        Icon::Again => "M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5",
        Icon::Link => "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
        Icon::Save => "M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M4.5 19.5h15",
        Icon::Open => "M12 15V4m0 0L7.5 8.5M12 4l4.5 4.5M4.5 19.5h15",
        Icon::Picture => "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
        Icon::Table => "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
        Icon::Theme => "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
        Icon::Close => "M6 6l12 12M18 6L6 18",
        Icon::Warning => "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17h.01",
        Icon::Good => "M5 12.5l4.5 4.5L19 7.5",
    };
    let filled = matches!(icon, Icon::Play);
    view! {
        <svg class="icon" class:filled=filled viewBox="0 0 24 24" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}
