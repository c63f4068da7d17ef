import { DetailedError, Upload } from "tus-js-client";

import type { Sending, Sent, Told } from "./sending";

const PIECE = 8 * 1024 * 1024;

/** A large file in pieces: after a lost line, or when the same file is chosen again, it goes on where it stopped. */
export function sendLarge(
  sent: Sent,
  address: string,
  batch: string,
  told: Told,
  inBatch: (batch: string) => void,
  failed: string,
): Sending {
  let upload: Upload | null = null;
  let give: () => void = () => undefined;
  const done = new Promise<void>((whole, wrong) => {
    give = whole;
    let share = 0;
    const one = new Upload(sent.file, {
      endpoint: address,
      chunkSize: PIECE,
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 40000, 60000, 60000, 60000],
      metadata: { filename: sent.file.name, unit: sent.unit, inside: sent.inside, batch },
      headers: { "X-CSRFToken": document.body.dataset["csrf"] ?? "" },
      removeFingerprintOnSuccess: true,
      fingerprint: (file) =>
        Promise.resolve(["chuangwen", sent.unit, sent.inside, sent.file.name, (file as File).size, (file as File).lastModified].join("-")),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        told.offline(share);
        return status === 0 || status === 409 || (status >= 500 && status !== 507);
      },
      onProgress: (have, all) => {
        share = (have / all) * 100;
        told.share(share);
      },
      onAfterResponse: (_request, response) => {
        const told = response.getHeader("Chuangwen-Batch");
        if (told && told !== batch) inBatch(told);
      },
      onSuccess: () => whole(),
      onError: (error) => {
        const body = error instanceof DetailedError ? error.originalResponse?.getBody() : "";
        wrong(new Error(body && body.length < 300 && !body.startsWith("<") ? body : failed));
      },
    });
    upload = one;
    void one
      .findPreviousUploads()
      .catch(() => [])
      .then((before) => {
        if (before[0]) one.resumeFromPreviousUpload(before[0]);
        one.start();
      });
  });
  return {
    done,
    stop: () => {
      void upload?.abort(true).catch(() => undefined);
      give();
    },
  };
}
