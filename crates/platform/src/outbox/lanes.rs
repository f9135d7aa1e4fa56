//! Who may begin: so many jobs of a class and of a lane at once, and only a few on lanes that fared badly.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Class;

/// Lanes that are remembered; those on which nothing runs give way.
const MOST: usize = 1000;

impl Class {
    /// How many run at once on lanes that fare well, or are not known yet.
    const fn most(self) -> usize {
        match self {
            Self::Mail => 12,
            Self::Site => 128,
            Self::Work => 8,
        }
    }

    /// How many run at once on all the lanes whose last job failed: hanging sites hold each other up, no others.
    const fn most_unwell(self) -> usize {
        match self {
            Self::Mail | Self::Work => self.most(),
            Self::Site => 16,
        }
    }

    /// How many run at once on one lane.
    const fn most_in_lane(self, fares: Fares) -> usize {
        match (self, fares) {
            (Self::Mail, _) => 8,
            (Self::Site, Fares::Well) => 4,
            (Self::Site, _) => 1,
            (Self::Work, _) => 8,
        }
    }

    /// How many of one lane are taken in one go.
    pub(super) const fn step(self) -> usize {
        match self {
            Self::Mail | Self::Work => 4,
            Self::Site => 1,
        }
    }
}

/// How the last job of a lane ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fares {
    #[default]
    Unknown,
    Well,
    Badly,
}

#[derive(Default)]
struct Lane {
    running: usize,
    fares: Fares,
}

type Map = HashMap<(Class, String), Lane>;

/// What runs on this node, by lane.
#[derive(Clone, Default)]
pub(super) struct Lanes(Arc<Mutex<Map>>);

/// What may be taken now.
pub(super) struct Room {
    pub most: usize,
    /// Lanes that nothing may be taken of.
    pub full: Vec<String>,
}

/// One running job's place in its lane; left when dropped, however the job ends.
pub(super) struct Seat {
    lanes: Lanes,
    name: (Class, String),
}

impl Lanes {
    fn map(&self) -> MutexGuard<'_, Map> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn room(&self, class: Class) -> Room {
        let map = self.map();
        let lanes = || map.iter().filter(|((of, _), _)| *of == class);
        let running = |badly: bool| -> usize {
            lanes()
                .filter(|(_, lane)| (lane.fares == Fares::Badly) == badly)
                .map(|(_, lane)| lane.running)
                .sum()
        };
        let unwell_full = running(true) >= class.most_unwell();
        let is_full = |lane: &Lane| {
            lane.running >= class.most_in_lane(lane.fares) || (unwell_full && lane.fares == Fares::Badly)
        };
        let full = lanes().filter(|(_, lane)| is_full(lane)).map(|((_, name), _)| name.clone()).collect();
        Room { most: class.most().saturating_sub(running(false)), full }
    }

    pub fn sit(&self, class: Class, lane: &str) -> Seat {
        let mut map = self.map();
        if map.len() >= MOST {
            map.retain(|_, lane| lane.running > 0);
        }
        let name = (class, lane.to_owned());
        map.entry(name.clone()).or_default().running += 1;
        Seat { lanes: self.clone(), name }
    }
}

impl Seat {
    pub fn note(&self, well: bool) {
        if let Some(lane) = self.lanes.map().get_mut(&self.name) {
            lane.fares = if well { Fares::Well } else { Fares::Badly };
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(lane) = self.lanes.map().get_mut(&self.name) {
            lane.running = lane.running.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hanging_site_fills_its_lane_and_many_of_them_a_part_of_the_room() {
        let lanes = Lanes::default();
        let seats: Vec<Seat> = (0..60).map(|site| lanes.sit(Class::Site, &format!("bad{site}"))).collect();
        let room = lanes.room(Class::Site);
        assert!(room.most > 0 && room.full.len() == 60, "{} {:?}", room.most, room.full);
        for seat in &seats {
            seat.note(false);
        }
        drop(seats);
        let _again: Vec<Seat> = (0..16).map(|site| lanes.sit(Class::Site, &format!("bad{site}"))).collect();
        let room = lanes.room(Class::Site);
        assert_eq!((room.most, room.full.len()), (128, 60), "no further bad one begins, and all others do");
        assert!(lanes.room(Class::Mail).full.is_empty(), "classes know nothing of each other");
    }

    #[test]
    fn lanes_that_nothing_runs_on_are_forgotten_when_there_are_many() {
        let lanes = Lanes::default();
        let _kept = lanes.sit(Class::Site, "kept");
        for site in 0..5000 {
            drop(lanes.sit(Class::Site, &format!("{site}")));
        }
        assert!(lanes.map().len() <= MOST && lanes.map().contains_key(&(Class::Site, "kept".to_owned())));
    }
}
