/** Examines webhooks from outside, as Telegram's servers see them. */
export { examine, type Examination } from "./examine.js"
export type { ExamineOptions } from "./examine-options.js"
export { examinationReport, findingsText, type ReportOptions } from "./examination-report.js"
export { type Finding, type FindingCode, findingCodes, type FindingLevel } from "./finding.js"
export { webhookReport, type WebhookReportOptions } from "./webhook-report.js"
export type { CheckName } from "./check.js"
export type { CheckResult } from "./run-checks.js"
