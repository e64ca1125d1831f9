#include "page_flips.h"

namespace kerros::keystore {
namespace {

constexpr std::size_t kPage = 4096;

// The head of every page and the two meta pages are where LMDB believes; the rest is sampled.
bool is_chosen(std::size_t offset) {
  const std::size_t within = offset % kPage;
  if (offset < 2 * kPage) return within < 152;
  return within < 18 ? offset % 2 == 0 : offset % 331 == 0;
}

TEST_F(FlippedPages, OfKeysAreRefusedOrHarmless) {
  flip("keys", is_chosen);
  EXPECT_GT(refused_, 50u);
  EXPECT_GT(opened_, 50u);
}

TEST_F(FlippedPages, OfItemsAreRefusedOrHarmless) {
  flip("items", is_chosen);
  EXPECT_GT(refused_, 50u);
  EXPECT_GT(opened_, 50u);
}

}  // namespace
}  // namespace kerros::keystore
