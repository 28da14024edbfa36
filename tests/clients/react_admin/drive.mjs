// Uses the admin interface in Chromium: drive.mjs CHROMIUM ADDRESS
import assert from "node:assert";
import { chromium } from "playwright-core";

const [, , executablePath, address] = process.argv;
const api = `${address}/api/v1/products`;
const send = (method, url, body) =>
  fetch(url, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const rows = Array.from({ length: 25 }, (_, number) => ({
  title: `Item ${String(number).padStart(2, "0")}`,
  price: `${number}.50`,
  state: number % 2 ? "draft" : "on sale",
}));
assert.equal((await send("POST", `${api}/bulk`, rows)).status, 201);

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage();
const errors = [];
const requests = [];
page.on("pageerror", (error) => errors.push(error.message));
page.on("request", (request) => {
  if (request.url().startsWith(api)) {
    requests.push(`${request.method()} ${request.url().slice(api.length)} ${request.headers()["if-match"] ?? ""}`);
  }
});
const titles = () => page.$$eval("td.column-title", (cells) => cells.map((cell) => cell.textContent.trim()));
const shown = async (...expected) => (await titles()).join() === expected.join();
const first = async (title) => (await titles())[0] === title;
const until = async (what, check) => {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await check().catch(() => false)) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`${what}: ${requests.slice(-5)} ${await titles()} ${errors}`);
};
const open = (path) => page.goto(`${address}/#/products${path}`);
const search = (text) => page.fill('input[name="q"]', text);
const save = async (fields) => {
  await page.waitForSelector('input[name="title"]');
  for (const [name, value] of Object.entries(fields)) await page.fill(`input[name="${name}"]`, value);
  await page.click('button[aria-label="Save"]');
};

await open("");
await until("list", () => shown(...rows.slice(0, 10).map((row) => row.title)));
await page.click('button[aria-label="Go to next page"]');
await until("page 2", () => first("Item 10"));
await page.click("text=Price");
await until("sort", () => first("Item 00"));
await page.click("text=Price");
await until("sort, descending", () => first("Item 24"));
await search("item 07");
await until("search", () => shown("Item 07"));
await page.click("td.column-title");
await save({ title: "Changed 07" });
await until("edit with If-Match", async () => requests.some((one) => /^PATCH \/\d+ "1"$/.test(one)));
await open("");
await search("changed");
await until("edited row", () => shown("Changed 07"));
await page.click("td.column-title");
await page.waitForSelector('input[name="title"]');
await send("PATCH", `${api}/${page.url().match(/products\/(\d+)/)[1]}`, { stock: 3 });
await save({ title: "Stale 07" });
await until("412", async () => (await page.textContent("body")).includes("has changed since it was read"));
await open("/create");
await save({ title: "Brand new", price: "a lot", stock: "1" });
await until("422 at its field", async () => (await page.textContent(".Mui-error.MuiFormHelperText-root")).length > 5);
await save({ price: "3.20" });
await until("create", async () => !page.url().includes("create"));
await search("brand");
await until("created row", () => shown("Brand new"));
await page.click('td input[type="checkbox"]');
await page.click('button[aria-label="Delete"]');
await until("delete", async () => (await (await fetch(`${api}?q=brand`)).json()).total === 0);
assert.deepEqual(errors, []);
await browser.close();
console.log("all steps done");
