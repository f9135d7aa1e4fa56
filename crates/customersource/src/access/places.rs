//! Where companies are: whether the portal is available there, and in which time zone their days begin.
use std::{collections::BTreeMap, time::Duration};

use platform::{clock::Moment, day::Zone};

use crate::{
    company::{Company, Kind},
    plan::Today,
};

/// What the settings say of places.
#[derive(Clone, Debug)]
pub struct Places {
    regions: Vec<String>,
    zone: Zone,
    /// By region, in small letters.
    zones: BTreeMap<String, Zone>,
}

impl Default for Places {
    fn default() -> Self {
        Self { regions: vec![], zone: Zone::utc(), zones: BTreeMap::new() }
    }
}

impl Places {
    /// What is no zone counts as UTC: settings are checked before.
    pub fn new(regions: &[String], zone: &str, zones: &BTreeMap<String, String>) -> Self {
        let named = |name: &str| Zone::named(name).unwrap_or_else(Zone::utc);
        let of_region =
            |(region, name): (&String, &String)| (region.trim().to_ascii_lowercase(), named(name));
        Self { regions: regions.to_vec(), zone: named(zone), zones: zones.iter().map(of_region).collect() }
    }

    /// Regions compare without ASCII case; employees work everywhere.
    pub fn are_open_to(&self, company: &Company) -> bool {
        self.regions.is_empty()
            || company.kind == Kind::Employee
            || self.regions.iter().any(|region| region.trim().eq_ignore_ascii_case(company.region.trim()))
    }

    /// The portal's own.
    pub fn zone(&self) -> Zone {
        self.zone.clone()
    }

    /// The company's own time zone, else its region's, else the portal's.
    pub fn zone_of(&self, company: &Company) -> Zone {
        let own = Some(company.time_zone.as_str()).filter(|name| !name.is_empty()).and_then(Zone::named);
        let regions = || self.zones.get(&company.region.trim().to_ascii_lowercase()).cloned();
        own.or_else(regions).unwrap_or_else(|| self.zone.clone())
    }

    /// The first moment of the day that it will be for a company after so many days.
    pub fn beginning(&self, company: &Company, now: Moment, days: u64) -> Moment {
        let zone = self.zone_of(company);
        let day = 86_400_000;
        let local = zone.to_local(now + Duration::from_secs(days.saturating_mul(86_400))).unix_millis();
        let midnight = local - local.rem_euclid(day);
        // Where clocks are put forward at midnight the day begins an hour later.
        let hours = (0..3).map(|hour| Moment::from_unix_millis(midnight + hour * 3_600_000));
        hours.filter_map(|local| zone.from_local(local)).next().unwrap_or(now)
    }

    /// The day that it is for a company.
    pub fn today(&self, company: &Company, now: Moment) -> Today {
        Today::at(&self.zone_of(company), now)
    }
}
