// The main of every test program that uses crypto/: it starts the room once, as every program does.
#include <gmock/gmock.h>

#include "crypto/random.h"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  kerros::crypto::start();
  return RUN_ALL_TESTS();
}
