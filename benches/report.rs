//! The table of results.

/// Measurements beside what was promised.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<(String, String, String, bool)>,
}

impl Report {
    /// A number that must not be over `most`.
    pub(crate) fn at_most(&mut self, what: &str, measured: f64, most: f64, unit: &str) {
        let row = (what.to_owned(), shown(measured, unit), shown(most, unit), measured <= most);
        let verdict = if row.3 { "PASS" } else { "beyond" };
        println!("{:<62} {:>12}  {verdict:<6} (at most {})", row.0, row.1, row.2);
        self.rows.push(row);
    }

    /// A number that is only told.
    pub(crate) fn told(&mut self, what: &str, measured: f64, unit: &str) {
        println!("{what:<62} {:>12}", shown(measured, unit));
    }

    /// Says what was promised and is not held.
    pub(crate) fn print(&self) {
        let missed: Vec<_> = self.rows.iter().filter(|row| !row.3).collect();
        println!("\n{} of {} bounds hold", self.rows.len() - missed.len(), self.rows.len());
        for (what, measured, most, _) in missed {
            println!("  not held: {what}: {measured}, and at most {most} was promised");
        }
    }
}

fn shown(number: f64, unit: &str) -> String {
    match unit {
        "x" => format!("{number:.2} x"),
        "" => format!("{number:.0}"),
        unit if number >= 100.0 => format!("{number:.0} {unit}"),
        unit => format!("{number:.1} {unit}"),
    }
}

/// The middle of several measurements.
pub(crate) fn median(mut measured: Vec<f64>) -> f64 {
    measured.sort_by(f64::total_cmp);
    measured[measured.len() / 2]
}
