//! Reads and clicks the tray menu as a panel does: StatusNotifierItem and com.canonical.dbusmenu over D-Bus.

use std::collections::BTreeMap;

use keyfob_core::face::problem;
use keyfob_core::face::problem::DemoStop;
use keyfob_core::words::problem::Problem;
use zbus::Connection;
use zbus::zvariant::{OwnedValue, Structure, Value};

use super::bus::{self, failed};

const MENU: &str = "com.canonical.dbusmenu";

/// A node of the layout: its number, its properties and its inner nodes.
type Node = (i32, BTreeMap<String, OwnedValue>, Vec<OwnedValue>);

/// The icon of one process.
#[derive(Debug)]
pub struct Tray {
    bus: Connection,
    name: String,
}

/// A row of the menu, with the rows of its submenu.
#[derive(Debug, Clone)]
pub struct Row {
    id: i32,
    pub label: String,
    rows: Vec<Row>,
}

impl Tray {
    pub async fn of(bus: &str, pid: u32) -> Result<Self, Problem> {
        Ok(Tray { bus: bus::connect(bus).await?, name: format!("org.kde.StatusNotifierItem-{pid}-1") })
    }

    /// Whether a row of any depth has this text.
    pub async fn says(&self, text: &str) -> bool {
        self.rows().await.is_ok_and(|rows| rows.iter().any(|row| row.mentions(text)))
    }

    /// Clicks the row that is reached by these parts of labels.
    pub async fn click(&self, path: &[&str]) -> Result<(), Problem> {
        let mut rows = self.rows().await.map_err(|e| failed(&e))?;
        let mut id = 0;
        for (depth, part) in path.iter().enumerate() {
            let leads_on = |row: &Row| !row.rows.is_empty() || depth + 1 == path.len();
            let row = rows.into_iter().find(|row| row.label.contains(part) && leads_on(row));
            let Some(row) = row else { return Err(problem::demo_stopped(DemoStop::NoRow(part))) };
            (id, rows) = (row.id, row.rows);
        }
        let event = (id, "clicked", Value::from(""), 0_u32);
        let called = self.bus.call_method(Some(&*self.name), "/MenuBar", Some(MENU), "Event", &event).await;
        called.map(drop).map_err(|e| failed(&e))
    }

    async fn rows(&self) -> zbus::Result<Vec<Row>> {
        let everything = (0_i32, -1_i32, Vec::<String>::new());
        let name = Some(&*self.name);
        let answer = self.bus.call_method(name, "/MenuBar", Some(MENU), "GetLayout", &everything).await?;
        let (_, (_, _, inner)): (u32, Node) = answer.body().deserialize()?;
        inner.into_iter().map(|value| Row::of(&value)).collect()
    }
}

impl Row {
    fn of(node: &Value<'_>) -> zbus::Result<Self> {
        let node: &Structure<'_> = node.downcast_ref()?;
        let [Value::I32(id), Value::Dict(values), Value::Array(inner)] = node.fields() else {
            return Err(zbus::Error::Failure("a menu of another shape".into()));
        };
        let label: Option<String> = values.get(&"label")?;
        let rows = inner.iter().map(|value| match value {
            Value::Value(inner) => Row::of(inner),
            other => Row::of(other),
        });
        // What a person reads: one underscore where the protocol has two.
        let label = label.unwrap_or_default().replace("__", "_");
        Ok(Row { id: *id, label, rows: rows.collect::<zbus::Result<_>>()? })
    }

    fn mentions(&self, text: &str) -> bool {
        self.label.contains(text) || self.rows.iter().any(|row| row.mentions(text))
    }
}
