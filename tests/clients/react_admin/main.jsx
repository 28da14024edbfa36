import React from "react";
import { createRoot } from "react-dom/client";
import {
  Admin, Create, Datagrid, Edit, List, NumberField, NumberInput, Resource, SelectInput, SimpleForm, TextField, TextInput,
} from "react-admin";
import { dataProvider } from "./dataProvider.js";

const states = ["draft", "on sale"].map((name) => ({ id: name, name }));
const filters = [
  <TextInput source="q" label="Search" alwaysOn />,
  <SelectInput source="state" choices={states} alwaysOn />,
];
const Products = () => (
  <List filters={filters} perPage={10} sort={{ field: "title", order: "ASC" }}>
    <Datagrid rowClick="edit">
      <TextField source="title" />
      <TextField source="price" />
      <TextField source="state" />
      <NumberField source="version" sortable={false} />
    </Datagrid>
  </List>
);
const form = (
  <SimpleForm>
    <TextInput source="title" />
    <TextInput source="price" />
    <NumberInput source="stock" />
  </SimpleForm>
);
const Product = () => <Edit mutationMode="pessimistic">{form}</Edit>;
const NewProduct = () => <Create redirect="list">{form}</Create>;

createRoot(document.getElementById("root")).render(
  <Admin dataProvider={dataProvider("/api/v1")}>
    <Resource name="products" list={Products} edit={Product} create={NewProduct} />
  </Admin>,
);
