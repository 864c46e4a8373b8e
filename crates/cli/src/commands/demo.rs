//! .
use crate::args::DemoArgs;
use crate::world::World;
use keyfob_core::problem::Problem;
pub fn run(_world: &World, _args: &DemoArgs) -> Result<(), Problem> {
    Ok(())
}
