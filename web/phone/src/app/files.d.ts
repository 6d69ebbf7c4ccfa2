// What is imported besides code: catalogues as text, styles for their effect.

declare module "*.ftl?raw" {
  const text: string;
  export default text;
}

declare module "*.css";
