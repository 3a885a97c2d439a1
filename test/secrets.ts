/** Secrets of the tests, worth nothing: a fixed pepper and a fixed ES256 key, so that runs can be compared. */
export const testSecrets = {
  PASSWORD_PEPPER: "dGVzdHMtb25seS1wZXBwZXItMzItYnl0ZXMtbG9uZyE",
  OAUTH_SIGNING_KEY: JSON.stringify({
    kty: "EC",
    x: "l0LkXW9MJzFSfcWJFHdKg7s1j-9UW_hD3nZJsA3RShM",
    y: "EKZivjhD1SNvM0bH3WrIEclMIyE_Qd-5Deyv7mygLyg",
    crv: "P-256",
    d: "8cqBNQrX7TiHsAzy4Dau1q2kkZ8n5TfID3fRl3S6rV0",
    kid: "local-test",
    alg: "ES256",
    use: "sig",
  }),
};
