/** Ends as a broken runtime does, in the way that the environment says. */
import process from "node:process";

console.error("what is wrong");
if (process.env.DOCTOR_TEST === "signal") {
  process.kill(process.pid, "SIGKILL");
  // Until it arrives.
  setInterval(() => {}, 1000);
} else process.exit(3);
