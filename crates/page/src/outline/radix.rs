//! Sorts hashes: thousands a page, which takes longer by comparing than by dealing them out.

/// Bits of a hash by which hashes are dealt out. For thousands of them that leaves few in a heap.
const DEALT: u32 = 11;

/// Fewer hashes than this are sorted as anything else is.
const FEW: usize = 512;

/// Places by which a hash may be moved at the end, for each hash: those that have their first bits in
/// common are few, or somebody made them so.
const MOVES: usize = 4;

/// Sorts hashes that are no larger than `largest` by their first bits, which few have in common, and where
/// some do by the rest.
pub(super) fn sort(hashes: &mut Vec<u64>, largest: u64) {
    if hashes.len() < FEW {
        return hashes.sort_unstable();
    }
    let mut dealt = vec![0; hashes.len()];
    let used = u64::BITS - largest.leading_zeros();
    deal(hashes, &mut dealt, used.saturating_sub(DEALT));
    std::mem::swap(hashes, &mut dealt);
    if !settle(hashes) {
        hashes.sort_unstable();
    }
}

/// Sorts hashes that nearly are. Returns whether that was so; if not, they are in some order.
fn settle(hashes: &mut [u64]) -> bool {
    let mut moves = hashes.len() * MOVES;
    for at in 1..hashes.len() {
        let mut place = at;
        while place > 0 && hashes[place - 1] > hashes[place] {
            if moves == 0 {
                return false;
            }
            moves -= 1;
            hashes.swap(place - 1, place);
            place -= 1;
        }
    }
    true
}

/// Deals out hashes by some of their bits; those that have these in common stay in order.
fn deal(hashes: &[u64], dealt: &mut [u64], shift: u32) {
    let heap = |hash: u64| (hash >> shift) as usize % (1 << DEALT);
    let mut places = [0_usize; 1 << DEALT];
    for &hash in hashes {
        places[heap(hash)] += 1;
    }
    let mut start = 0;
    for place in &mut places {
        start += std::mem::replace(place, start);
    }
    for &hash in hashes {
        let place = &mut places[heap(hash)];
        dealt[*place] = hash;
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_sorted_however_they_are_spread() {
        let mut state = 1_u64;
        let mut random = move || {
            // The constants are those of Knuth's MMIX.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state ^ (state >> 29)
        };
        for length in [0, 1, 2, 100, 5000, 70_000] {
            for shift in [0, 3, 40, 60] {
                let hashes: Vec<u64> = (0..length).map(|_| random() >> shift).collect();
                let mut expected = hashes.clone();
                expected.sort_unstable();
                for largest in [u64::MAX, u64::MAX >> shift] {
                    let mut sorted = hashes.clone();
                    sort(&mut sorted, largest);
                    assert_eq!(sorted, expected);
                }
            }
        }
    }
}
