// A data provider of react-admin for the API of a service: docs/how-to/use-react-admin.md
import { HttpError } from "react-admin";

export const dataProvider = (api) => {
  const request = async (path, { method = "GET", body, headers } = {}) => {
    const type = body && { "Content-Type": "application/json" };
    const response = await fetch(`${api}/${path}`, { method, body: JSON.stringify(body), headers: { ...type, ...headers } });
    const json = response.status === 204 ? {} : await response.json();
    if (response.ok) return json;
    const errors = json.errors.map(({ field, message }) => [field.replace(/^body\./, ""), message]);
    throw new HttpError(json.detail, response.status, { errors: Object.fromEntries(errors) });
  };
  const query = (parameters) =>
    new URLSearchParams(Object.entries(parameters).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
  const list = async (resource, { pagination = { page: 1, perPage: 100 }, sort, filter = {} }) => {
    const { page, perPage } = pagination;
    const order = sort && { sort: `${sort.order === "DESC" ? "-" : ""}${sort.field}` };
    const parameters = query({ limit: perPage, offset: (page - 1) * perPage, ...order, ...filter });
    const { items, total } = await request(`${resource}?${parameters}`);
    return { data: items, total };
  };
  const match = (row) => (row?.version ? { "If-Match": `"${row.version}"` } : {});
  const changed = (now, before = {}) =>
    Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
  const patch = async (resource, { id, data, previousData }) =>
    request(`${resource}/${id}`, { method: "PATCH", body: changed(data, previousData), headers: match(previousData) });
  const remove = (resource, id, row) => request(`${resource}/${id}`, { method: "DELETE", headers: match(row) });
  return {
    getList: list,
    getOne: async (resource, { id }) => ({ data: await request(`${resource}/${id}`) }),
    getMany: (resource, { ids }) => list(resource, { filter: { id__in: ids } }),
    getManyReference: (resource, { target, id, filter, ...rest }) => list(resource, { ...rest, filter: { ...filter, [target]: id } }),
    create: async (resource, { data }) => ({ data: await request(resource, { method: "POST", body: data }) }),
    update: async (resource, parameters) => ({ data: await patch(resource, parameters) }),
    updateMany: async (resource, { ids, data }) => ({ data: await Promise.all(ids.map((id) => patch(resource, { id, data }))) && ids }),
    delete: async (resource, { id, previousData }) => ({ data: await remove(resource, id, previousData).then(() => previousData ?? { id }) }),
    deleteMany: async (resource, { ids }) => ({ data: await Promise.all(ids.map((id) => remove(resource, id))) && ids }),
  };
};
