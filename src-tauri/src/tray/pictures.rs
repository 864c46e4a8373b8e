//! The shapes of the icon as ARGB pixels, from the pictures in `icons/tray`.

use keyfob_core::face::phrase::Icon;

/// A picture as StatusNotifierItem wants it: rows from the top, four bytes a pixel in the order A, R, G, B.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub size: u32,
    pub argb: Vec<u8>,
}

/// One shape in all the sizes that panels ask for.
pub fn of(icon: Icon) -> Vec<Picture> {
    files(icon).iter().filter_map(|png| decode(png)).collect()
}

macro_rules! sizes {
    ($name:literal) => {
        [
            include_bytes!(concat!("../../../icons/tray/colour/", $name, "-22.png")) as &[u8],
            include_bytes!(concat!("../../../icons/tray/colour/", $name, "-24.png")) as &[u8],
            include_bytes!(concat!("../../../icons/tray/colour/", $name, "-32.png")) as &[u8],
            include_bytes!(concat!("../../../icons/tray/colour/", $name, "-48.png")) as &[u8],
        ]
    };
}

fn files(icon: Icon) -> [&'static [u8]; 4] {
    match icon {
        Icon::Hollow => sizes!("hollow"),
        Icon::Solid => sizes!("solid"),
        Icon::HollowSlash => sizes!("hollow-slash"),
        Icon::Slash => sizes!("slash"),
        Icon::Dots => sizes!("dots"),
        Icon::Clock => sizes!("clock"),
        Icon::Ask => sizes!("ask"),
        Icon::Bang => sizes!("bang"),
        Icon::Cross => sizes!("cross"),
        Icon::Lock => sizes!("lock"),
    }
}

/// `None` for anything but a square picture of eight-bit RGBA, which ours are.
fn decode(png: &[u8]) -> Option<Picture> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut pixels).ok()?;
    if info.width != info.height || info.color_type != png::ColorType::Rgba || info.bit_depth != png::BitDepth::Eight {
        return None;
    }
    for pixel in pixels.as_chunks_mut::<4>().0 {
        pixel.rotate_right(1);
    }
    Some(Picture { size: info.width, argb: pixels })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_has_a_shape_of_its_own_in_every_size() {
        let icons = [
            Icon::Hollow,
            Icon::Solid,
            Icon::HollowSlash,
            Icon::Slash,
            Icon::Dots,
            Icon::Clock,
            Icon::Ask,
            Icon::Bang,
            Icon::Cross,
            Icon::Lock,
        ];
        let mut seen = BTreeSet::new();
        for icon in icons {
            let pictures = of(icon);
            assert_eq!(pictures.iter().map(|p| p.size).collect::<Vec<_>>(), [22, 24, 32, 48], "{icon:?}");
            for picture in pictures {
                // A shape is what is opaque: colours alone must not tell states apart.
                let shape: Vec<bool> = picture.argb.as_chunks::<4>().0.iter().map(|[alpha, ..]| *alpha > 127).collect();
                let drawn = shape.iter().filter(|opaque| **opaque).count();
                assert!(drawn > shape.len() / 10 && drawn < shape.len(), "{icon:?} {}: {drawn}", picture.size);
                seen.insert(picture.argb);
            }
        }
        assert_eq!(seen.len(), icons.len() * 4);
    }
}
