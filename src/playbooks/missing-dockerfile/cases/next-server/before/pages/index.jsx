export default function Page() {
  return <h1>Site</h1>
}
