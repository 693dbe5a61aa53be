#pragma once
/// Finds where in a file the pieces (chunks) of an array lie, in one walk, so that they can be read without asking for each.
///
/// libhdf5 before 1.14 looks up the i-th chunk by counting from the first: a hundred thousand chunks take a minute. The tree in
/// which it keeps them is simple, and is read here (HDF5 File Format Specification 3.0, III.A.1 and IV.A.1).

#include <fcntl.h>
#include <hdf5.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <tepui/io/hdf5_read.hpp>

namespace tepui::io::hdf5 {

/// One chunk of a one-dimensional array.
struct chunk_place {
  std::uint64_t first_value = 0;  ///< of the array
  std::uint64_t address = 0;      ///< byte of the file
  std::uint64_t stored = 0;       ///< bytes
  std::uint32_t skipped = 0;      ///< bit i: filter i was not used
};

/// Reads a version 1 object header and the version 1 B-tree of its chunks. Believes nothing: every answer may be "no".
class chunk_tree {
 public:
  explicit chunk_tree(const char* path) : fd_(::open(path, O_RDONLY | O_CLOEXEC)) {}
  ~chunk_tree() {
    if (fd_ >= 0) ::close(fd_);
  }
  chunk_tree(const chunk_tree&) = delete;
  chunk_tree& operator=(const chunk_tree&) = delete;

  /// The chunks of the array whose header stands at `header`, or nothing where they are kept in another way.
  [[nodiscard]] std::optional<std::vector<chunk_place>> chunks(std::uint64_t header, std::uint64_t n_chunks) {
    places_.clear();
    nodes_left_ = 2 * n_chunks + 64;
    n_chunks_ = n_chunks;
    const std::optional<std::uint64_t> root = root_of(header);
    constexpr int any_level = -1;
    if (!root || !walk(*root, any_level) || places_.size() != n_chunks) return {};
    return std::move(places_);
  }

 private:
  using bytes = std::vector<std::uint8_t>;

  [[nodiscard]] bool read(std::uint64_t at, std::size_t n, bytes& out) const {
    out.resize(n);
    for (std::size_t done = 0; done < n;) {
      const ssize_t got = ::pread(fd_, out.data() + done, n - done, static_cast<off_t>(at + done));
      if (got <= 0) return false;
      done += static_cast<std::size_t>(got);
    }
    return true;
  }
  /// A little-endian number of `n` bytes.
  static std::uint64_t number(const bytes& from, std::size_t at, std::size_t n) {
    std::uint64_t value = 0;
    for (std::size_t i = n; i-- > 0;) value = value << 8 | from[at + i];
    return value;
  }

  /// Looks through the messages of the header for the layout: version 3, chunked, one dimension.
  [[nodiscard]] std::optional<std::uint64_t> root_of(std::uint64_t header) const {
    constexpr std::uint64_t layout_message = 8, continuation_message = 16;
    constexpr std::size_t most_block = 1 << 20, most_blocks = 64;
    bytes block;
    if (!read(header, 16, block) || block[0] != 1) return {};
    std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks{{header + 16, number(block, 8, 4)}};
    for (std::size_t b = 0; b < blocks.size() && b < most_blocks; ++b) {
      if (blocks[b].second > most_block || !read(blocks[b].first, static_cast<std::size_t>(blocks[b].second), block)) return {};
      for (std::size_t at = 0; at + 8 <= block.size();) {
        const std::uint64_t type = number(block, at, 2);
        const auto size = static_cast<std::size_t>(number(block, at + 2, 2));
        const std::size_t body = at + 8;
        if (size > block.size() - body) return {};
        if (type == continuation_message && size >= 16) blocks.emplace_back(number(block, body, 8), number(block, body + 8, 8));
        if (type == layout_message) {
          // version, class 2 = chunked, dimensions (one more than the array's), address of the tree
          if (size < 11 || block[body] != 3 || block[body + 1] != 2 || block[body + 2] != 2) return {};
          return number(block, body + 3, 8);
        }
        at = body + size;
      }
    }
    return {};
  }

  /// Takes in the node at `at` and everything under it. level  what it must be, so that no circle is walked
  [[nodiscard]] bool walk(std::uint64_t at, int level) {
    constexpr std::size_t head = 24, key = 24, child = 8;
    bytes node;
    if (nodes_left_-- == 0 || !read(at, head, node)) return false;
    if (std::memcmp(node.data(), "TREE", 4) != 0 || node[4] != 1) return false;
    const int own_level = node[5];
    if (level >= 0 ? own_level != level : own_level > 16) return false;
    const auto entries = static_cast<std::size_t>(number(node, 6, 2));
    if (!read(at + head, entries * (key + child), node)) return false;
    for (std::size_t e = 0; e < entries; ++e) {
      const std::size_t k = e * (key + child);
      const std::uint64_t below = number(node, k + key, 8);
      if (own_level > 0) {
        if (!walk(below, own_level - 1)) return false;
        continue;
      }
      if (places_.size() == n_chunks_) return false;
      places_.push_back(
          {number(node, k + 8, 8), below, number(node, k, 4), static_cast<std::uint32_t>(number(node, k + 4, 4))});
    }
    return true;
  }

  int fd_;
  std::vector<chunk_place> places_;
  std::uint64_t nodes_left_ = 0, n_chunks_ = 0;
};

/// Where the chunks of a one-dimensional array lie, in any order; nothing where that cannot be found out in reasonable time.
/// in     n_chunks: how many there must be          cost  O(chunks); files of the newest formats: their square, up to 16,384
inline std::optional<std::vector<chunk_place>> chunk_places(const dataset& d, std::uint64_t n_chunks) {
  const handle space(H5Dget_space(d.id()), H5Sclose);
  hsize_t n = 0;
  if (H5Dget_num_chunks(d.id(), space.get(), &n) < 0 || n != n_chunks) return {};
  std::vector<chunk_place> places;
#if H5_VERSION_GE(1, 14, 0)
  const H5D_chunk_iter_op_t see = [](const hsize_t* at, unsigned skipped, haddr_t address, hsize_t stored, void* out) -> int {
    static_cast<std::vector<chunk_place>*>(out)->push_back({at[0], address, stored, skipped});
    return 0;
  };
  if (H5Dchunk_iter(d.id(), H5P_DEFAULT, see, &places) < 0 || places.size() != n_chunks) return {};
#else
  const auto look_up = [&](hsize_t i, chunk_place& place) {
    hsize_t at[2] = {0, 0}, stored = 0;
    haddr_t address = 0;
    if (H5Dget_chunk_info(d.id(), space.get(), i, at, &place.skipped, &address, &stored) < 0) return false;
    place.first_value = at[0], place.address = address, place.stored = stored;
    return true;
  };
#if !H5_VERSION_GE(1, 12, 0)
  H5O_info_t about{};
  constexpr hsize_t worth_walking = 64;
  if (n >= worth_walking && H5Oget_info(d.id(), &about) >= 0) {
    const auto found = chunk_tree(d.from().path().c_str()).chunks(about.addr, n_chunks);
    chunk_place first;
    if (found && look_up(0, first) && first.first_value == found->front().first_value &&
        first.address == found->front().address && first.stored == found->front().stored)
      return found;
  }
#endif
  constexpr hsize_t most_looked_up = 16'384;
  if (n > most_looked_up) return {};
  places.resize(static_cast<std::size_t>(n));
  for (hsize_t i = 0; i < n; ++i)
    if (!look_up(i, places[static_cast<std::size_t>(i)])) return {};
#endif
  return places;
}

}  // namespace tepui::io::hdf5
