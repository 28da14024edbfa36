// One origin for the pages and the API.
const { API, PORT } = process.env;
export default { server: { host: "127.0.0.1", port: Number(PORT), strictPort: true, proxy: { "/api": API } } };
