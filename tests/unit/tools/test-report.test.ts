import assert from "node:assert/strict";
import { readReport } from "../../../tools/test-report.ts";

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="2" errors="0" time="0.060">
  <testsuite name="./a.test.ts" tests="4" disabled="1" errors="0" failures="2">
    <testcase name="fine" classname="./a.test.ts" time="0.001" line="5" col="6">
    </testcase>
    <testcase name="a &lt; b &amp;amp; &quot;c&quot;" classname="./a.test.ts" time="0.001" line="2" col="6">
      <failure message="Uncaught">AssertionError: 1 !== 2
    at file:///a.test.ts:2:43
    at innerWrapped (ext:cli/40_test.js:300:11)</failure>
    </testcase>
    <testcase name="not here" classname="./a.test.ts"><skipped/></testcase>
    <testcase name="short" classname="./b.test.ts"/>
    <testcase name="steps" classname="./b.test.ts">
      <failure message="1 test step failed">1 test step failed.</failure>
    </testcase>
    <testcase name="later" classname="./c.test.ts">
      <error message="Cancelled"/>
    </testcase>
  </testsuite>
</testsuites>`;

Deno.test("the report of a run counts its tests and says of each failure where it was and what went wrong", () => {
  assert.deepEqual(readReport(XML), {
    passed: 2,
    failed: 3,
    skipped: 1,
    failures: [
      `./a.test.ts: a < b &amp; "c"\n  AssertionError: 1 !== 2\n      at file:///a.test.ts:2:43`,
      "./b.test.ts: steps\n  1 test step failed.",
      "./c.test.ts: later\n  Cancelled by an error of its file that nobody caught, told above",
    ],
  });
});

Deno.test("a run that wrote no report came to nothing", () => {
  assert.deepEqual(readReport(""), { passed: 0, failed: 0, skipped: 0, failures: [] });
});
