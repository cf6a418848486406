/** Jest takes no timeout per project, so each lane hands its own over as a global. */
jest.setTimeout(globalThis.laneTestTimeoutMs);
