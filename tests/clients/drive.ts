// Uses a running kitchen-sink through openapi-fetch and the types of openapi-typescript; test_clients.py compiles and runs it.
//   node compiled/drive.js http://127.0.0.1:8000

import assert from "node:assert/strict";

import createClient from "openapi-fetch";

import type { components, paths } from "./api";

type Product = components["schemas"]["ProductRead"];

const api = createClient<paths>({ baseUrl: process.argv[2] });

async function productOf(title: string, price: string): Promise<Product> {
  const { data } = await api.POST("/api/v1/products", { body: { title, price } });
  assert(data);
  return data;
}

/** Create, read, update, delete; conflicts and versions. */
async function checkChanges(): Promise<void> {
  const product = await productOf("Ruler", "4.20");
  assert.deepEqual([product.price, product.weight, product.stock], ["4.20", null, 0]);
  const path = { product_id: product.id };

  const first = await api.GET("/api/v1/products/{product_id}", { params: { path } });
  const tag = first.response.headers.get("ETag") ?? "";
  const changed = await api.PATCH("/api/v1/products/{product_id}", {
    params: { path, header: { "if-match": tag } },
    body: { price: "5", weight: 2.5 },
  });
  assert.deepEqual([changed.data?.price, changed.data?.weight], ["5.00", 2.5]);

  const stale = await api.PATCH("/api/v1/products/{product_id}", {
    params: { path, header: { "if-match": tag } },
    body: { stock: 1 },
  });
  assert.equal(stale.error?.status, 412);

  const emptied = await api.PATCH("/api/v1/products/{product_id}", { params: { path }, body: { weight: null } });
  assert.equal(emptied.data?.weight, null);

  const refused = await api.POST("/api/v1/products", { body: { title: "Pen", price: "much" } });
  assert.equal(refused.response.status, 422);
  assert.deepEqual(refused.error?.errors.map((error) => error.field), ["body.price"]);

  const deleted = await api.DELETE("/api/v1/products/{product_id}", { params: { path } });
  assert.equal(deleted.response.status, 204);
  const missing = await api.GET("/api/v1/products/{product_id}", { params: { path } });
  assert.equal(missing.error?.title, "Not Found");
}

/** Filter, sort, page, include. */
async function checkLists(): Promise<void> {
  for (const price of ["1.00", "10.50", "9.99"]) {
    await productOf("Eraser", price);
  }
  const { data: page } = await api.GET("/api/v1/products", {
    params: { query: { title: "Eraser", price__gte: "2", sort: ["-price"], limit: 1 } },
  });
  assert.equal(page?.total, 2);
  const product = page.items[0];
  assert.equal(product.price, "10.50");
  assert.equal(product.tags, undefined);

  const { data: tag } = await api.POST("/api/v1/tags", { body: { label: "typescript" } });
  assert(tag);
  const again = await api.POST("/api/v1/tags", { body: { label: "typescript" } });
  assert.equal(again.error?.status, 409);

  await api.PUT("/api/v1/products/{product_id}/tags/{tag_id}", {
    params: { path: { product_id: product.id, tag_id: tag.id } },
  });
  const { data: detail } = await api.GET("/api/v1/products/{product_id}", {
    params: { path: { product_id: product.id }, query: { include: ["tags"] } },
  });
  assert.deepEqual(detail?.tags, [tag]);
  assert.equal(detail.similar, undefined);
}

/** JSON of any form, an internal address. */
async function checkValues(): Promise<void> {
  const { data: person } = await api.POST("/api/v1/people", { body: { name: "Grace", email: "grace@corp.local" } });
  assert(person);
  const settings = { theme: "dark", sizes: [1, 2.5, null] };
  const { data: profile } = await api.POST("/api/v1/profiles", { body: { person_id: person.id, settings } });
  assert.deepEqual(profile?.settings, settings);
  assert.equal(profile.extra, null);
}

await checkChanges();
await checkLists();
await checkValues();
console.log("all as documented");
