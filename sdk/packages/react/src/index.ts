export { QuotientProvider, type QuotientProviderProps, useQuotient } from "./provider.js";
export { Blog, type BlogElement, type BlogProps, type ElementClassName } from "./blog.js";
