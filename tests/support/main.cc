// The main of every test program that uses crypto/: it starts the room once, as every program does.
#include <gmock/gmock.h>
#include <stdlib.h>

#include "crypto/random.h"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  // Property tests draw the same cases every time; whoever wants others sets RC_PARAMS.
  setenv("RC_PARAMS", "seed=271828182845 max_success=1000", 0);
  kerros::crypto::start();
  return RUN_ALL_TESTS();
}
