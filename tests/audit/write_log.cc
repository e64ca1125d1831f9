// Writes a log of `uploads` uploads to a directory, with several checkpoints, for somebody else's
// verifier: kerros_audit_write_log DIR UPLOADS
#include <cstdio>
#include <cstdlib>

#include "crypto/random.h"
#include "tests/audit/audit_fixture.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: kerros_audit_write_log DIR UPLOADS\n");
    return 2;
  }
  kerros::crypto::start();
  kerros::audit::testing::World world;
  const int uploads = std::atoi(argv[2]);
  auto log = kerros::audit::testing::open_log(argv[1], world);
  for (int done = 0; done < uploads;) {
    const int part = std::min(uploads - done, 50);
    kerros::audit::testing::append_uploads(*log, part);
    if (!log->checkpoint()) return 1;
    done += part;
  }
  return 0;
}
