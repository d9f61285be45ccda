// While a command runs, its words are fetched every two seconds; without this script the page is loaded again by hand.
const output = document.getElementById("job-output");
async function look() {
  const job = await (await fetch("/console/models/job")).json();
  output.textContent = job.output;
  if (job.status === null) setTimeout(look, 2000);
  else location.reload();
}
if (output?.hasAttribute("data-running")) setTimeout(look, 1000);
