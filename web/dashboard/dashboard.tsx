/** The live dashboard of a training run; shown where the server has one. */
export function Dashboard() {
  return <p>A run is here.</p>;
}
