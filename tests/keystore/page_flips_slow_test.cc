#include "page_flips.h"

namespace kerros::keystore {
namespace {

TEST_F(FlippedPages, AreRefusedOrHarmlessAtEveryByte) {
  const auto every = [](std::size_t) { return true; };
  flip("keys", every);
  flip("items", every);
  RecordProperty("refused", std::to_string(refused_));
  RecordProperty("opened", std::to_string(opened_));
  EXPECT_GT(refused_, 10'000u);
  EXPECT_GT(opened_, 10'000u);
}

}  // namespace
}  // namespace kerros::keystore
