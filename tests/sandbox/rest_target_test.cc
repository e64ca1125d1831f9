#include "tools/sandbox/rest_target.h"

#include <gtest/gtest.h>

#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

TEST(RestTarget, KeepsSlashesWithinQuotes) {
  const auto steps = parse_rest("web/GetFolderByServerRelativeUrl('/sites/x/D')/Files", Query(""));
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[1].name, "getfolderbyserverrelativeurl");
  EXPECT_EQ(steps[1].argument("serverrelativeurl"), "/sites/x/D");
}

TEST(RestTarget, FindsArgumentsByTheirNames) {
  const auto steps = parse_rest("Files/Add(URL='a,b''c.txt', Overwrite=true)", Query(""));
  EXPECT_EQ(steps[1].argument("url"), "a,b'c.txt");
  EXPECT_EQ(steps[1].argument("overwrite"), "true");
  EXPECT_EQ(steps[1].argument("other"), std::nullopt);
}

TEST(RestTarget, PutsTheValueInPlaceOfAnAlias) {
  const auto steps = parse_rest("Files/add(url=@u)", Query("@u='x%20y'"));
  EXPECT_EQ(steps[1].argument("url"), "x y");
  EXPECT_THROW(parse_rest("Files/add(url=@v)", Query("@u='x'")), Refusal);
}

TEST(RestTarget, TakesGuidsWithoutTheirQuotes) {
  const auto steps = parse_rest("startUpload(uploadId=guid'0f8f')", Query(""));
  EXPECT_EQ(steps[0].argument("uploadid"), "0f8f");
}

TEST(RestTarget, RefusesWhatNoGrammarCovers) {
  for (const char* path : {"web//Files", "web/f('a", "web/f('a'b')", "web/f('a')x", "web/%zz"})
    EXPECT_THROW(parse_rest(path, Query("")), Refusal) << path;
}

}  // namespace
}  // namespace kerros::sandbox
