export { authenticate, type Authenticated, type Credentials } from "./authenticate.ts";
