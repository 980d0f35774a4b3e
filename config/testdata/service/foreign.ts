import { z } from "zod";

export default z.object({ service_name: z.string(), retry_ms: z.string(), api_token: z.string() });
