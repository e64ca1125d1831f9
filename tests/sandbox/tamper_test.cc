#include "tools/sandbox/tamper.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace kerros::sandbox {
namespace {

using nlohmann::json;

// A header of two bytes and chunks of three, the last one short.
constexpr const char* kBody = "HHaaabbbccc!";

TEST(Tamper, FlipsCutsAndReplaces) {
  EXPECT_EQ(tampered(kBody, {{"op", "flip"}, {"offset", 0}}, ""), "IHaaabbbccc!");
  EXPECT_EQ(tampered(kBody, {{"op", "truncate"}, {"size", 2}}, ""), "HH");
  EXPECT_EQ(tampered(kBody, {{"op", "append"}, {"bytes", "eA=="}}, ""), "HHaaabbbccc!x");
  EXPECT_EQ(tampered(kBody, {{"op", "replace_bytes"}, {"offset", 2}, {"bytes", "eHl6"}}, ""),
            "HHxyzbbbccc!");
}

TEST(Tamper, MovesWholeChunks) {
  const auto chunk = [](const char* op) { return json{{"op", op}, {"prefix", 2}, {"chunk", 3}}; };
  json how = chunk("drop_chunk");
  how["index"] = 1;
  EXPECT_EQ(tampered(kBody, how, ""), "HHaaaccc!");
  how["op"] = "dup_chunk";
  EXPECT_EQ(tampered(kBody, how, ""), "HHaaabbbbbbccc!");
  how = chunk("swap_chunks");
  how["a"] = 2;
  how["b"] = 0;
  EXPECT_EQ(tampered(kBody, how, ""), "HHcccbbbaaa!");
  how["a"] = 3;
  EXPECT_EQ(tampered(kBody, how, ""), "HH!bbbcccaaa");
}

TEST(Tamper, TakesFromAnotherBody) {
  EXPECT_EQ(tampered(kBody, {{"op", "body_of_item"}}, "other"), "other");
  EXPECT_EQ(tampered(kBody, {{"op", "older_version"}}, "older"), "older");
  EXPECT_EQ(tampered(kBody, {{"op", "header_of_item"}, {"length", 2}}, "XYZ"), "XYaaabbbccc!");
}

TEST(Tamper, RefusesWhatWouldChangeNothingOrDoesNotExist) {
  EXPECT_THROW(tampered(kBody, {{"op", "flip"}, {"offset", 12}}, ""), std::invalid_argument);
  EXPECT_THROW(tampered(kBody, {{"op", "truncate"}, {"size", 13}}, ""), std::invalid_argument);
  EXPECT_THROW(tampered(kBody, {{"op", "explode"}}, ""), std::invalid_argument);
  EXPECT_THROW(tampered(kBody, {{"op", "drop_chunk"}, {"chunk", 3}, {"index", 4}}, ""),
               std::invalid_argument);
}

}  // namespace
}  // namespace kerros::sandbox
