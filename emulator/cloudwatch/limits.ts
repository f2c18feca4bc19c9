const DAY_MS = 24 * 3600 * 1000

/** The bounds of CloudWatch, with AWS's values unless GAPS.md says otherwise. */
export interface Limits {
  /** Of a request's body, also once it is unpacked: PutMetricData takes 1 MB. */
  maxBodyBytes: number
  maxMetricsPerPut: number
  maxValuesPerDatum: number
  /** Datapoints of one GetMetricStatistics. */
  maxDatapoints: number
  /** Datapoints on a page of GetMetricData. */
  maxDataPage: number
  maxQueries: number
  metricsPerPage: number
  alarmsPerPage: number
  dashboardsPerPage: number
  alarms: number
  /** How long (ms) data can be read at each resolution. */
  retention: {
    readonly subMinuteMs: number
    readonly minuteMs: number
    readonly fiveMinutesMs: number
    readonly hourMs: number
  }
  /** After how long (ms) without data a metric is no longer listed. */
  listedMs: number
  alarmHistoryMs: number
}

export const AWS_LIMITS: Limits = {
  maxBodyBytes: 4 * 1024 * 1024,
  maxMetricsPerPut: 1000,
  maxValuesPerDatum: 150,
  maxDatapoints: 1440,
  maxDataPage: 100_800,
  maxQueries: 500,
  metricsPerPage: 500,
  alarmsPerPage: 50,
  dashboardsPerPage: 1000,
  alarms: 5000,
  retention: { subMinuteMs: 3 * 3600 * 1000, minuteMs: 15 * DAY_MS, fiveMinutesMs: 63 * DAY_MS, hourMs: 455 * DAY_MS },
  listedMs: 14 * DAY_MS,
  alarmHistoryMs: 14 * DAY_MS,
}
