/**
 * A person in Chromium: opens the page, clicks, and reads what it says; then watches the
 * service's status page while somebody else calls the service.
 */
import { chromium } from "playwright-core";

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const [, , , pageUrl, statusUrl] = process.argv;
const faults = [];

async function open(url) {
  const page = await browser.newPage();
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(url);
  return page;
}

/** Clicks, and waits for the answer. */
async function tryOut(page) {
  await page.evaluate(() => document.querySelector("output").textContent = "");
  await page.click("button");
  await page.waitForFunction(() => document.querySelector("output").textContent !== "");
  return JSON.parse(await page.textContent("output"));
}

/** How often a method was called, as the status page has it now. */
async function waitForCount(status, method, count) {
  const row = status.locator("tr", { hasText: method });
  await row.locator("td").nth(1).filter({ hasText: new RegExp(`^${count}$`) }).waitFor();
}

try {
  const page = await open(pageUrl);
  const said = await tryOut(page);
  const status = await open(statusUrl);
  const deleted = "/oaas.package.PackageService/DeletePackage";
  await waitForCount(status, deleted, 2);
  // Nobody reloads the status page: it follows by itself.
  await tryOut(page);
  await waitForCount(status, deleted, 4);
  console.log(JSON.stringify({ ...said, faults }));
} finally {
  await browser.close();
}
