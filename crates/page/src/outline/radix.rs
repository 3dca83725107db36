//! Sorts hashes: thousands a page, which takes longer by comparing than by dealing them out.

/// Bits of a hash by which hashes are dealt out at a time, and how often.
const DEALT: u32 = 11;
const TIMES: u32 = 3;

/// Fewer hashes than this are sorted as anything else is.
const FEW: usize = 512;

/// Sorts hashes by their first bits, which hardly two have in common, and only where two do by the rest.
pub(super) fn sort(hashes: &mut Vec<u64>) {
    if hashes.len() >= FEW {
        let mut dealt = vec![0; hashes.len()];
        for time in 0..TIMES {
            deal(hashes, &mut dealt, u64::BITS - (TIMES - time) * DEALT);
            std::mem::swap(hashes, &mut dealt);
        }
    }
    if !hashes.is_sorted() {
        hashes.sort_unstable();
    }
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
                let mut hashes: Vec<u64> = (0..length).map(|_| random() >> shift).collect();
                let mut expected = hashes.clone();
                expected.sort_unstable();
                sort(&mut hashes);
                assert_eq!(hashes, expected);
            }
        }
    }
}
